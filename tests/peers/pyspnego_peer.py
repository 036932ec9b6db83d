"""One end of an NTLM or SPNEGO exchange, played by pyspnego's Python code.

pyspnego_peer.py ntlm|negotiate client|server [seal] [USER PASSWORD]

A line comes in, a line goes out; octets are base64:
  step [TOKEN]   token TOKEN | done [TOKEN] | fail TEXT
  wrap OCTETS    data OCTETS | fail TEXT
  unwrap OCTETS  data OCTETS | fail TEXT
  name           name [TEXT]
The server takes its users from NTLM_USER_FILE.
"""

import base64
import sys

import spnego
from spnego import ContextReq, NegotiateOptions


def answer(context, word, octets):
    if word == "step":
        token = context.step(octets)
        text = base64.b64encode(token).decode() if token else ""
        return ("done " if context.complete else "token ") + text
    if word == "wrap":
        return "data " + base64.b64encode(context.wrap(octets, encrypt=False).data).decode()
    if word == "unwrap":
        return "data " + base64.b64encode(context.unwrap(octets).data).decode()
    return "name " + (context.client_principal or "")


def main():
    protocol, role, *rest = sys.argv[1:]
    wanted = ContextReq.integrity | ContextReq.sequence_detect | ContextReq.replay_detect
    if rest[:1] == ["seal"]:
        wanted |= ContextReq.confidentiality
        rest = rest[1:]
    common = {
        "hostname": "server.contoso.com",
        "service": "smtp",
        "protocol": protocol,
        "context_req": wanted,
        "options": NegotiateOptions.use_negotiate if protocol == "negotiate" else NegotiateOptions.use_ntlm,
    }
    context = spnego.client(*rest, **common) if role == "client" else spnego.server(**common)
    for line in sys.stdin:
        word, _, text = line.strip().partition(" ")
        try:
            print(answer(context, word, base64.b64decode(text) or None), flush=True)
        except Exception as error:  # Whatever it is, the other end wants to know.
            print("fail", " ".join(str(error).split()), flush=True)


main()
