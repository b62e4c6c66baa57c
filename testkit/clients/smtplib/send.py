"""Plays scenarios, each a line of JSON on standard input: sends the messages on one
connection of smtplib, and prints a line with what became of each."""

import json
import smtplib
import ssl
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage


class LastReply:
    """Keeps the reply to DATA, which sendmail keeps to itself."""

    def data(self, msg):
        code, text = super().data(msg)
        self.reply = f"{code} {text.decode()}"
        return code, text


class Plain(LastReply, smtplib.SMTP):
    pass


class Implicit(LastReply, smtplib.SMTP_SSL):
    pass


def context(ca):
    if ca:
        return ssl.create_default_context(cafile=ca)
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return unverified


def connect(scenario):
    address = scenario["host"], scenario["port"]
    if scenario["tls"] == "implicit":
        client = Implicit(*address, context=context(scenario.get("ca")))
    else:
        client = Plain(*address)
    if scenario["tls"] == "starttls":
        client.starttls(context=context(scenario.get("ca")))
    if scenario.get("user"):
        client.ehlo()
        client.user, client.password = scenario["user"], scenario["password"]
        mechanism = {"PLAIN": client.auth_plain, "LOGIN": client.auth_login}[scenario["method"]]
        client.auth(scenario["method"], mechanism)
    return client


def built(message):
    """An EmailMessage of what the scenario says."""
    m = EmailMessage()
    m["From"], m["Subject"] = message["from"], message["subject"]
    for name in "to", "cc", "bcc":
        if name in message:
            m[name] = ", ".join(message[name])
    m.set_content(message["text"])
    if "html" in message:
        m.add_alternative(message["html"], subtype="html")
    for a in message.get("attachments", []):
        maintype, subtype = a["contentType"].split("/")
        with open(a["path"], "rb") as file:
            content = file.read()
        if "cid" in a:
            m.get_payload()[-1].add_related(content, maintype, subtype, cid=f"<{a['cid']}>", filename=a["filename"])
        else:
            m.add_attachment(content, maintype, subtype, filename=a["filename"])
    return m


def is_there(id, scenario):
    try:
        urllib.request.urlopen(f"{scenario['inbox']}/messages/{id}?project={scenario['project']}").close()
    except urllib.error.HTTPError:
        return False
    return True


def send(client, message, scenario):
    if message.get("eightBit"):
        client.sendmail(message["from"], message["to"], message["raw"].encode(), ["BODY=8BITMIME"])
    elif "raw" in message:
        client.sendmail(message["from"], message["to"], message["raw"])
    else:
        client.send_message(built(message))
    ids = client.reply.split(" queued as ")[1].split(" ")
    return {"reply": client.reply, "arrived": sum(is_there(id, scenario) for id in ids)}


def failure(error):
    """What went wrong; an error about recipients has a reply for each."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = list(error.recipients.values())[-1]
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return {"error": type(error).__name__, "reply": str(error)}
    return {"error": type(error).__name__, "reply": f"{code} {text.decode()}"}


def play(scenario):
    try:
        client = connect(scenario)
    except (smtplib.SMTPException, ssl.SSLError) as error:
        return [failure(error) for _ in scenario["messages"]]
    results = []
    with client:
        for message in scenario["messages"]:
            try:
                results.append(send(client, message, scenario))
            except smtplib.SMTPException as error:
                results.append(failure(error))
    return results


for line in sys.stdin:
    print(json.dumps(play(json.loads(line))), flush=True)
