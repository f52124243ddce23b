# Shared by the scripts in dev/. Source it; it finds the bench and speaks for all of them.
# shellcheck shell=bash
set -euo pipefail

# shellcheck disable=SC2034 # used by the scripts that source this
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
APP=support_service
STARTED=$SECONDS

say() { printf '%s\n' "$*"; }
step() { printf '\n==> %s  [%ds]\n' "$*" "$((SECONDS - STARTED))"; }

# fail WHAT REMEDY: every way out names what to do next
fail() {
	printf '\nFailed: %s\nWhat to do: %s\n' "$1" "$2" >&2
	exit $TOLD
}

# a command nobody foresaw to fail; silent when a script called from here has told already
TOLD=3
unforeseen() {
	local code=$1
	[ "$code" = "$TOLD" ] || printf '\nFailed: %s (line %s of %s, exit code %s)\nWhat to do: read the lines above; run it by hand; if it is our fault, report it.\n' \
		"$3" "$2" "$0" "$code" >&2
	exit "$code"
}
trap 'unforeseen $? $LINENO "$BASH_COMMAND"' ERR

# default place of a bench: the caller's own, else the one upstream's guides use
find_bench() {
	if [ -n "${FRAPPE_BENCH:-}" ]; then
		BENCH=${FRAPPE_BENCH%/}
	elif [ -n "${HOME:-}" ] && [ -d "$HOME/frappe-bench/apps/frappe" ]; then
		BENCH=$HOME/frappe-bench
	else
		BENCH=/home/frappe/frappe-bench
	fi
	[ -d "$BENCH/apps/frappe" ] && [ -x "$BENCH/env/bin/python" ] && [ -d "$BENCH/sites" ] || return 1
	BENCH=$(cd "$BENCH" && pwd -P)
	OWNER=$(stat -c %U "$BENCH/sites")
	OWNER_HOME=$(getent passwd "$OWNER" | cut -d: -f6)
	STATE=$BENCH/config/$APP # pids, logs and caches of these scripts
	export FRAPPE_BENCH=$BENCH
}

need_bench() {
	find_bench || fail "there is no bench at ${BENCH:-?}" \
		"set FRAPPE_BENCH to an existing bench with frappe and erpnext, or run 'make run' once, which makes one from the internet."
	[ -d "$BENCH/apps/erpnext" ] || fail "the bench at $BENCH has no erpnext" \
		"run 'bench get-app --branch version-15 erpnext' in $BENCH."
	as_owner mkdir -p "$STATE/logs" "$STATE/pids" || fail "cannot write to $BENCH/config" \
		"run this as root or as $OWNER, the owner of the bench."
}

# run a command in the bench as its owner, whoever calls; the caller's environment is kept
#   CLOCK_LIBRARY   libfaketime, under which they run (make test CLOCK=…); not the caller: what a process of one user leaves
#                   in shared memory under its number stops one of another user
as_owner() {
	local me
	me=$(id -un)
	(
		cd "$BENCH"
		set -- env PATH="$OWNER_HOME/.local/bin:$PATH" ${CLOCK_LIBRARY:+LD_PRELOAD="$CLOCK_LIBRARY"} "$@"
		if [ "$me" = "$OWNER" ]; then
			"$@"
		elif [ "$(id -u)" = 0 ]; then
			runuser -u "$OWNER" -- env HOME="$OWNER_HOME" USER="$OWNER" LOGNAME="$OWNER" "$@"
		else
			say "sudo to $OWNER, the owner of $BENCH" >&2
			sudo -n -E -u "$OWNER" env HOME="$OWNER_HOME" "$@"
		fi
	)
}

# run a command as root, through sudo only where needed
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		say "    sudo $1 …"
		sudo "$@"
	else
		return 77
	fi
}

# quietly LOG COMMAND…: keep the output in a log, show its end when the command fails
quietly() {
	local log=$STATE/logs/$1.log
	shift
	rm -f "$log"
	as_owner "$@" </dev/null >"$log" 2>&1 && return 0
	tail -c 3000 "$log" | tr '\r' '\n' | tail -n 25 >&2
	say "(whole log: $log)" >&2
	return 1
}

# conf KEY [DEFAULT]: a value of sites/common_site_config.json
conf() {
	"$BENCH/env/bin/python" - "$BENCH/sites/common_site_config.json" "$@" <<'PY'
import json, sys
path, key, *default = sys.argv[1:]
print(json.load(open(path)).get(key) or "".join(default))
PY
}

answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# wait_for SECONDS COMMAND…
wait_for() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.5
	done
}

has_site() { [ -f "$BENCH/sites/$1/site_config.json" ]; }
has_module() { as_owner env/bin/python -c "import importlib.util as u, sys; sys.exit(u.find_spec('$1') is None)" 2>/dev/null; }

# the folder the bench imports the app from: this checkout itself, or the copy made by dev/link-app
app_path() { (cd "$BENCH/apps/$APP" && pwd -P); }

free_port() {
	local port=$1
	while answers 127.0.0.1 "$port"; do port=$((port + 1)); done
	printf '%s' "$port"
}
