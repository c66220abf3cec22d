import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { optionsOf } from '../options/help';
import { OPTIONS } from '../options/option-table';
import { write } from '../output/streams';

/** Prints what makes bash complete command lines. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  usage: 'bash',
  about: 'print the completion script for bash',
  options: [],
  more: `Put this line into ~/.bashrc:
  source <(tox-async completion bash)`,
  run: async (call) => {
    if (call.words.join(' ') !== 'bash') throw new Failure(EXIT.usage, 'Usage: tox-async completion bash');
    await write(call.machine.stdout, bashScript(commands()));
    return EXIT.ok;
  },
});

function bashScript(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const words = command.usage.match(/\b[a-z]+\b/g) ?? [];
    const options = optionsOf(command).map((name) => `--${name}`);
    return `    ${command.name}) words='${[...words, ...options].join(' ')}' ;;`;
  });
  const files = Object.entries(OPTIONS)
    .filter(([, spec]) => 'value' in spec && ['FILE', 'DIR', 'PROGRAM'].includes(spec.value))
    .map(([name]) => `--${name}`);
  return `_tox_async() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words
  case $before in
    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --wait) COMPREPLY=($(compgen -W 'stored delivered queued' -- "$word")); return ;;
    --as) COMPREPLY=($(compgen -W 'text action json binary' -- "$word")); return ;;
    --role) COMPREPLY=($(compgen -W 'friends everyone' -- "$word")); return ;;
    --log) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words='${commands.map(({ name }) => name).join(' ')} --help --version' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case \${COMP_WORDS[1]} in
    backup|restore) COMPREPLY+=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _tox_async tox-async
`;
}
