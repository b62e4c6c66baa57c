import json
import os
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

BASE = os.environ["PLUNK_BASE_URL"]  # http://localhost:4580/v1/
HEADERS = {"Authorization": "Bearer " + os.environ["PLUNK_SECRET_KEY"], "Content-Type": "application/json"}


def send(**mail):  # the application
    return urlopen(Request(urljoin(BASE, "send"), json.dumps(mail).encode(), HEADERS))


def inbox(path, **filters):
    address = urljoin(BASE, "/_mock/inbox/" + path) + "?" + urlencode(filters)
    return urlopen(Request(address, headers=HEADERS)).read().decode().strip()


def test_mails_a_code():
    send(to="ada@example.com", subject="Your code", body="<p>Your code is 482 913</p>")
    assert inbox("messages/latest/code", to="ada@example.com") == "482913"
    assert json.loads(inbox("messages", to="ada@example.com"))["total"] == 1
