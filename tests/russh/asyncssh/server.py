"""An AsyncSSH server that takes hostbased alone, and runs nothing: `whoami` says who logged in, `exit N` ends with N.

It prints `listening on ADDRESS:PORT` when it is ready; what AsyncSSH logs goes to standard error.
"""

import argparse
import asyncio
import logging
import sys

import asyncssh

parser = argparse.ArgumentParser()
parser.add_argument("--address", required=True)
parser.add_argument("--host-key", required=True)
parser.add_argument("--known-client-hosts", required=True)
parser.add_argument("--trust-client-host", action="store_true")
arguments = parser.parse_args()

logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, format="%(message)s")
asyncssh.set_debug_level(1)


async def answer(process):
    command = process.command or ""
    if command == "whoami":
        process.stdout.write(process.get_extra_info("username") + "\n")
        process.exit(0)
    elif command.startswith("exit "):
        process.stderr.write("as you like\n")
        process.exit(int(command[len("exit ") :]))
    else:
        process.exit(127)


async def serve():
    server = await asyncssh.listen(
        arguments.address,
        0,
        server_host_keys=[arguments.host_key],
        known_client_hosts=arguments.known_client_hosts,
        trust_client_host=arguments.trust_client_host,
        host_based_auth=True,
        public_key_auth=False,
        password_auth=False,
        kbdint_auth=False,
        gss_kex=False,
        gss_auth=False,
        process_factory=answer,
        config=None,
    )
    print(f"listening on {arguments.address}:{server.get_port()}", flush=True)
    await server.wait_closed()


asyncio.run(serve())
