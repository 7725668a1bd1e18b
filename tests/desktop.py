#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The desktop file and the icon: what they name is installed, and a desktop finds them for our window. Speaks TAP.

usage: desktop.py SOURCE_FOLDER BUILD_FOLDER PROGRAM
"""
import configparser
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

SVG = '{http://www.w3.org/2000/svg}'
# Of the Desktop Entry Specification 1.5: what an application may have.
KEYS = {'Type', 'Version', 'Name', 'GenericName', 'NoDisplay', 'Comment', 'Icon', 'Hidden', 'OnlyShowIn', 'NotShowIn',
        'DBusActivatable', 'TryExec', 'Exec', 'Path', 'Terminal', 'Actions', 'MimeType', 'Categories', 'Implements',
        'Keywords', 'StartupNotify', 'StartupWMClass', 'PrefersNonDefaultGPU', 'SingleMainWindow'}

source, build, program = sys.argv[1:]
count = failures = 0


def check(name, good, seen=''):
    """One line of TAP; what was seen is the diagnostic of a failure."""
    global count, failures
    count += 1
    failures += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, name))
    if not good:
        print('# seen: %r' % (seen,))


def read(*path):
    with open(os.path.join(source, *path), encoding='utf-8') as file:
        return file.read()


def number(element, name):
    return float(element.get(name, 'nan'))


# --- the desktop file ---

text = read('data', 'staleline.desktop')
parser = configparser.ConfigParser(delimiters='=', comment_prefixes='#', interpolation=None)
parser.optionxform = str
parser.read_string(text)
entry = parser['Desktop Entry'] if parser.has_section('Desktop Entry') else {}
command = entry.get('Exec', '').split()

check('it begins with its one group', text.startswith('[Desktop Entry]\n') and len(parser.sections()) == 1, text)
check('it has no key that desktops do not know', set(entry) <= KEYS, set(entry) - KEYS)
check('it is an application with a name', entry.get('Type') == 'Application' and entry.get('Name'), dict(entry))
check('lists end as lists do', all(entry.get(key, '').endswith(';') for key in ('Categories', 'Keywords')), dict(entry))
check('it has a main category', {'System', 'Development'} & set(entry.get('Categories', '').split(';')), dict(entry))

# --- what is installed ---

with open(os.path.join(build, 'meson-info', 'intro-installed.json'), encoding='utf-8') as file:
    installed = list(json.load(file).values())


def ends(place):
    return any(path.endswith(place) for path in installed)


check('it is installed where menus look', ends('/share/applications/staleline.desktop'), installed)
check('what it runs is installed', command and ends('/bin/' + command[0]), (command, installed))
check('what it tries is what it runs', entry.get('TryExec') == (command or [None])[0], dict(entry))
result = subprocess.run([program] + command[1:] + ['--help'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
check('its command is one of staleline', command[1:] == ['show'] and result.returncode == 0, (command, result.stderr))
check('its icon is installed', ends('/share/icons/hicolor/scalable/apps/%s.svg' % entry.get('Icon')), installed)

# --- how a desktop finds it for a window ---

app_id = re.search(r'xdg_toplevel_set_app_id\([^"]*"([^"]*)"\)', read('src', 'wayland', 'window.c'))
check('the window has an app_id', app_id)
check('the app_id is the name of the desktop file', app_id and ends('/applications/%s.desktop' % app_id[1]), app_id)
check('and its window class', app_id and entry.get('StartupWMClass') == app_id[1], dict(entry))

# --- the icon ---

try:
    icon = ElementTree.fromstring(read('data', 'staleline.svg'))
except ElementTree.ParseError as error:
    icon = ElementTree.Element(str(error))
side = number(icon, 'width')
ids = {element.get('id') for element in icon.iter()}
used = set(re.findall(r'url\(#([^)]*)\)', ElementTree.tostring(icon, encoding='unicode')))
rects = list(icon.iter(SVG + 'rect'))

check('the icon is an SVG', icon.tag == SVG + 'svg', icon.tag)
check('it is square, and drawn in its own pixels', side > 0 and number(icon, 'height') == side and
      icon.get('viewBox') == '0 0 %d %d' % (side, side), icon.attrib)
check('all that it refers to is in it', used and used <= ids, used - ids)
check('nothing is drawn outside', rects and all(
    number(r, 'x') >= 0 and number(r, 'x') + number(r, 'width') <= side and
    number(r, 'y') >= 0 and number(r, 'y') + number(r, 'height') <= side for r in rects), [r.attrib for r in rects])

print('1..%d' % count)
sys.exit(failures > 0)
