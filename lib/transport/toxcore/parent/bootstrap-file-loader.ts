/** The list of bootstrap nodes that comes with the package, found wherever the build puts this module. */
export const defaultBootstrapFile = (): string => require.resolve('../bootstrap-nodes.json');
