"""Debian's dovecot as an IMAP and POP3 server of this machine, in a folder of its own, as an ordinary process.

Every login has a mailbox of its own; all have one password. Mail is put in as files, or over IMAP.
"""

from __future__ import annotations

import grp
import imaplib
import os
import poplib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "secret-of-the-mailbox"
CONFIG = """
protocols = imap pop3
ssl = no
disable_plaintext_auth = no
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""

# from 2.4 on, as in Debian 13
NEWER = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
  pop3 = yes
}}
ssl = no
auth_allow_cleartext = yes
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_fsync = never
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/home/%{{user}}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    listen = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    listen = 127.0.0.1
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""


# login by a token that another server knows, as Microsoft 365 and Google want it; `tokens` is that server's address
OAUTH = """
auth_mechanisms = plain xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""
OAUTH_FILE = "tokeninfo_url = http://{tokens}/tokeninfo?access_token=\nusername_attribute = email\n"
NEWER_OAUTH = """
auth_mechanisms = plain xoauth2
oauth2_introspection_mode = auth
oauth2_tokeninfo_url = http://{tokens}/tokeninfo?access_token=
oauth2_username_attribute = email
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
"""


def is_newer() -> bool:
	said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True).stdout
	return tuple(int(number) for number in re.findall(r"\d+", said)[:2]) >= (2, 4)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


class Dovecot:
	"""As a context manager: listens on `imap` and `pop3`. tokens: `host:port` of a server that says whose a token is."""

	def __init__(self, tokens: str | None = None) -> None:
		self.tokens = tokens
		self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
		self.imap, self.pop3 = free_port(), free_port()
		self.process: subprocess.Popen | None = None

	def __enter__(self) -> Dovecot:
		uid, gid = os.getuid(), os.getgid()
		for name in ("run", "state", "mail", "home"):
			(self.folder / name).mkdir()
		config = self.folder / "dovecot.conf"
		text = NEWER if is_newer() else CONFIG
		if self.tokens:
			(self.folder / "oauth2.conf").write_text(OAUTH_FILE.format(tokens=self.tokens))
			text += NEWER_OAUTH if is_newer() else OAUTH
		config.write_text(
			text.format(
				tokens=self.tokens,
				folder=self.folder,
				user=pwd.getpwuid(uid).pw_name,
				group=grp.getgrgid(gid).gr_name,
				uid=uid,
				gid=gid,
				password=PASSWORD,
				imap=self.imap,
				pop3=self.pop3,
			)
		)
		self.process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)], cwd=self.folder)
		self._wait()
		return self

	def _wait(self) -> None:
		until = time.monotonic() + 20
		while time.monotonic() < until:
			try:
				with socket.create_connection(("127.0.0.1", self.imap), 1) as there:
					if there.recv(10):
						return
			except OSError:
				time.sleep(0.05)
		log = self.folder / "log"
		raise RuntimeError(f"dovecot does not answer: {log.read_text() if log.exists() else 'no log'}")

	def __exit__(self, *_error: Any) -> None:
		if self.process:
			self.process.terminate()
			self.process.wait(timeout=20)
		shutil.rmtree(self.folder, ignore_errors=True)

	def deliver(self, login: str, *mails: bytes) -> None:
		"""Put mails in, byte for byte, in this order, as a mail server delivers them."""
		box = self.folder / "mail" / login
		for name in ("tmp", "new", "cur"):
			(box / name).mkdir(parents=True, exist_ok=True)
		for mail in mails:
			self.number = getattr(self, "number", 0) + 1
			# with its sizes, as dovecot's own delivery names it: the server then reads no mail to list the mailbox
			wire = len(mail) + mail.count(b"\n") - mail.count(b"\r\n")
			name = (
				f"{1_700_000_000 + self.number}.M{self.number:06}P{os.getpid()}.test,S={len(mail)},W={wire}"
			)
			(box / "tmp" / name).write_bytes(mail)
			os.replace(box / "tmp" / name, box / "new" / name)

	def flags(self, login: str) -> dict[str, bytes]:
		"""UID → flags of what is in the mailbox now."""
		server = imaplib.IMAP4("127.0.0.1", self.imap)
		server.login(login, PASSWORD)
		server.select("INBOX", readonly=True)
		_status, answer = server.uid("FETCH", "1:*", "(UID FLAGS)")
		server.logout()
		lines = [line for line in answer if isinstance(line, bytes)]
		return {line.split(b"UID ")[1].split()[0].decode(): line for line in lines}

	def raw(self, login: str) -> list[bytes]:
		"""The messages in the mailbox, as POP3 gives them."""
		server = poplib.POP3("127.0.0.1", self.pop3)
		server.user(login)
		server.pass_(PASSWORD)
		count = len(server.list()[1])
		found = [b"\r\n".join(server.retr(number + 1)[1]) + b"\r\n" for number in range(count)]
		server.quit()
		return found

	def renumber(self, login: str) -> None:
		"""The folder gets another UIDVALIDITY and new UIDs, as after a restore of the mail server."""
		box = self.folder / "mail" / login
		for file in box.glob("dovecot*"):
			file.unlink()
		(box / "dovecot-uidlist").write_text("3 V1999999999 N1 G0123456789abcdef0123456789abcdef\n")
