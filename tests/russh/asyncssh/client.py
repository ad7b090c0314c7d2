"""An AsyncSSH client that logs in by hostbased alone and runs one command, as `ssh` would.

Ends with the command's status, or with 255 where there was no login; what AsyncSSH logs goes to standard error.
"""

import argparse
import asyncio
import logging
import sys

import asyncssh

parser = argparse.ArgumentParser()
parser.add_argument("--host", required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--user", required=True)
parser.add_argument("--server-key", required=True, help="the one public key that the server may show")
parser.add_argument("--client-host", help="another name than that of the connection's own address")
parser.add_argument("--client-user", help="another name than that of the user who runs this")
parser.add_argument("--keysign", help="the helper that signs; --client-key is a public key then")
parser.add_argument("--client-key", action="append", help="with --keysign, those of /etc/ssh otherwise")
parser.add_argument("--signature-algorithm", help="the only one to sign by")
parser.add_argument("command")
arguments = parser.parse_args()

logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, format="%(message)s")
asyncssh.set_debug_level(1)


async def run():
    optional = {
        "client_host": arguments.client_host,
        "client_host_keysign": arguments.keysign,
        "client_host_keys": arguments.client_key,
        "client_username": arguments.client_user,
        "signature_algs": [arguments.signature_algorithm] if arguments.signature_algorithm else None,
    }
    async with asyncssh.connect(
        arguments.host,
        arguments.port,
        username=arguments.user,
        known_hosts=([asyncssh.read_public_key(arguments.server_key)], [], []),
        client_keys=None,
        agent_path=None,
        preferred_auth="hostbased",
        config=None,
        **{name: value for name, value in optional.items() if value is not None},
    ) as connection:
        done = await connection.run(arguments.command)
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        return done.exit_status


try:
    sys.exit(asyncio.run(run()))
except (OSError, ValueError, asyncssh.Error) as error:
    print(f"no login: {type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(255)
