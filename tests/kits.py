"""A small kit of real playbooks, and an inventory of this machine, for the tests of runs."""

import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

SECRET = "Kp7-planted-9QzX"

SITE = """\
- name: Prepare the host
  hosts: all
  gather_facts: false
  roles: [box]
"""
SPECIFICATION = """\
argument_specs:
  main:
    options:
      euguard_root: {type: path, required: true, description: Folder that stands for the host.}
      euguard_port: {type: int, default: 8443, description: TCP port of the gateway.}
      euguard_exit: {type: int, default: 0, description: What the program ends with.}
"""
DEFAULTS = {"euguard_port": 8443, "euguard_exit": 0, "euguard_seconds": 0}
TASKS = """\
- name: Make the folder
  ansible.builtin.file: {path: "{{ euguard_root }}/etc", state: directory, mode: "0755"}
- name: Write the settings
  ansible.builtin.copy:
    content: "port = {{ euguard_port }}\\nhost = \\"127.0.0.1\\"\\n"
    dest: "{{ euguard_root }}/etc/euguard.toml"
    mode: "0640"
  notify: Restart the gateway
- name: Make up for the restart that a run before may have missed
  ansible.builtin.debug: {msg: a run before was cut off}
  changed_when: true
  notify: Restart the gateway
  when: euguard_resuming | default(false) | bool
- name: Write the secret
  ansible.builtin.copy:
    content: "{{ euguard_password | default('none') }}"
    dest: "{{ euguard_root }}/secret"
    mode: "0600"
  no_log: true
- name: Write the parts
  ansible.builtin.copy:
    content: "{{ item }}"
    dest: "{{ euguard_root }}/{{ item }}"
    mode: "0600"
  loop: [one, two, three]
- name: Ask a program
  ansible.builtin.command:
    argv: [sh, -c, "sleep {{ euguard_seconds }}; echo said >&2; exit {{ euguard_exit }}"]
  changed_when: false
- name: Say that all is there
  ansible.builtin.copy: {content: whole, dest: "{{ euguard_root }}/whole", mode: "0600"}
"""
HANDLERS = """\
- name: Restart the gateway
  ansible.builtin.copy: {content: new, dest: "{{ euguard_root }}/restarted", mode: "0600"}
"""


@dataclass(frozen=True)
class Bench:
    """A kit, an inventory and a place for runs, with a folder that stands for the host."""

    folder: Path

    @property
    def kit(self) -> Path:
        return self.folder / "kit"

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def inventory(self) -> Path:
        return self.folder / "hosts.yml"

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def hosts(self, **hosts: dict[str, object]) -> None:
        """Write the inventory; without any host, of this machine alone."""
        here: dict[str, object] = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
        }
        variables = {"euguard_root": str(self.root), "ansible_become": False}
        self.write(
            "hosts.yml",
            yaml.safe_dump({"all": {"hosts": hosts or {"box": here}, "vars": variables}}),
        )

    def left(self) -> dict[str, str]:
        """Return what lies on the host: path → text."""
        return {
            path.relative_to(self.root).as_posix(): path.read_text()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def everything_kept(self) -> bytes:
        """Return every byte in the folder of the runs."""
        return b"".join(path.read_bytes() for path in self.runs.rglob("*") if path.is_file())


def bench(folder: Path) -> Bench:
    """Write a kit whose `site` makes some files, asks a program and keeps a secret."""
    made = Bench(folder)
    made.hosts()
    made.write("kit/playbooks/site.yml", SITE)
    made.write("kit/roles/box/meta/argument_specs.yml", SPECIFICATION)
    made.write("kit/roles/box/defaults/main.yml", yaml.safe_dump(DEFAULTS))
    made.write("kit/roles/box/tasks/main.yml", TASKS)
    made.write("kit/roles/box/handlers/main.yml", HANDLERS)
    return made


WHOLE = {
    "etc/euguard.toml": 'port = 8443\nhost = "127.0.0.1"\n',
    "one": "one",
    "restarted": "new",
    "secret": "none",
    "three": "three",
    "two": "two",
    "whole": "whole",
}
"""What the kit leaves on the host."""
