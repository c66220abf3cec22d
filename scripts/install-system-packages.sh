#!/bin/sh
# The Debian packages that tests and benchmarks need beside npm's: libtoxcore, a node to find the Tox network by, a Tox
# client and a terminal for it, network namespaces, a message broker to compare with, a database, and a browser with
# fonts.
# Does nothing when all are there.
set -eu

packages='libtoxcore2 toxcore-utils toxic tmux iproute2 mosquitto postgresql chromium fonts-dejavu-core fonts-liberation'

missing=
for package in $packages; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || status=
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command="apt-get install --yes --no-install-recommends$missing"
if ! [ "$(id -u)" = 0 ] || ! command -v apt-get >/dev/null; then
  echo "Install these packages as root: $command" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# A package with a daemon starts it at once, unless this says that it is not allowed.
policy=/usr/sbin/policy-rc.d
if ! [ -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
# PostgreSQL makes a cluster of its own otherwise; tests make theirs.
cluster=/etc/postgresql-common/createcluster.conf
if ! [ -e "$cluster" ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >"$cluster"
fi
apt-get update --quiet=2
$command --quiet=2 >/dev/null
