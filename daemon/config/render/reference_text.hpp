#pragma once
// The parts of the reference that no table knows.
#include <string_view>

namespace telex::config {

inline constexpr std::string_view kReferenceIntroduction = R"(# The configuration file

*Made from the tables in `daemon/config`; do not edit by hand. `telexd --print-config-reference`
prints it.*

`telexd --config FILE` reads one YAML file; `telexd --check-config FILE` only checks it. The check is
strict: an unknown or duplicate key, a wrong type, a value out of range or a combination that cannot
work is an error with its line and column, and all of them are told in one run. Exit status 78
stands for a wrong configuration, 66 for a file that cannot be read, 77 for one that must not be.

```yaml
listeners:
  - name: native
    address: ["tcp://127.0.0.1:4650", "unix://${TELEX_RUNTIME_DIR}/telex.sock"]
  - name: meters
    address: "tcp://*:7000"
    protocol: raw
    framing: u16be
    publish: "meter.{peer}"
```

The file is read when the daemon starts, and again at `SIGHUP`: as a whole or not at all. With any mistake
in it, a port that is taken, a certificate that cannot be read, or a change of a key that is marked
*restart* below, everything stays as it was, and the log says where and why; else it says what has
changed. The files that the `tls` keys name are read anew each time. Listeners are known by their names:
new ones are opened, those that are gone are closed, and connections stay. Connections keep the
limits and certificates that they began with; users and accounts take effect for them, too
([security.md](security.md)).

`config/telexd.yaml` is the configuration that telex comes with, `config/examples/` has more.

## Values

- **Sizes** are whole numbers with a unit: `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024), or `kB`,
  `MB`, `GB`, `TB` (powers of 1000). `10M` could mean either and is refused.
- **Durations** are whole numbers with a unit: `ms`, `s`, `m`, `h`, `d`. Write `1500ms`, not `1.5s`.
- **Numbers** are plain decimals. **Flags** are `true` or `false`; `yes`, `on` and their like are
  refused.
- **0 never means unlimited**: every limit has a smallest and a largest value.
- **Permission bits** are four octal digits that begin with 0; quotes are optional.
- **Bytes** are the text's own, with the escapes of YAML's double quotes (`"\r\n"`, `"\0"`), or
  hexadecimal after `hex:` (`"hex:0d0a"`), which also can say bytes that are not UTF-8. Two notations
  that mean something else than they seem to are refused: escapes without double quotes (`\n` is a
  backslash and an n in YAML), and `"\x80"` to `"\xff"`, which are characters of two bytes.
- A section without keys is the same as no section.

Of YAML, plain mappings, lists and texts are all that is needed. Anchors, aliases, merge keys, tags,
several documents, byte order marks, tabs as indentation and nesting deeper than 32 levels are
refused, as are files over 4 MiB and anything that is not a regular file.

## Substitution

Values (not keys) may hold:

| Written | Replaced by |
|---|---|
| `${NAME}` | the environment variable; an error when it is not set |
| `${NAME:-text}` | the same, or `text` when it is not set or empty; `text` ends at the next `}` |
| `${file:/path}` | the content of a file of at most 64 KiB, without one final line end; not empty |
| `${credential:NAME}` | the content of `$CREDENTIALS_DIRECTORY/NAME`, likewise (systemd's `LoadCredential=`) |
| `$${` | the two characters `${` |

`${TELEX_RUNTIME_DIR}` is always set: the first of `$RUNTIME_DIRECTORY`, `$XDG_RUNTIME_DIR/telex` and
`/tmp/telex-UID`. A `$` before anything but `{` stands for itself, as in `$SYS.echo`. Replacing happens
after the file is parsed, so what is put in is one value, never structure. Between `[` and `]` YAML
wants quotes around a text with `{`.
)";

inline constexpr std::string_view kAddressNote = R"(
### Addresses

One address or a list of them:

| Address | Socket |
|---|---|
| `tcp://HOST:PORT` | TCP. HOST is a name, `127.0.0.1`, `[::1]` or `*` (every address); port 0 lets the system choose |
| `udp://HOST:PORT` | UDP: one datagram is one frame, no subscriptions |
| `unix:///PATH` | unix stream socket; the path has at most 107 bytes |
| `unix-seqpacket:///PATH` | unix socket with connections and message boundaries: one packet is one frame |
| `unix-dgram:///PATH` | unix datagram socket: one datagram is one frame, no subscriptions |
| `unix:@NAME` and the like | the same in the abstract namespace; needs `allow_abstract: true` |
| `systemd:NAME` | descriptors passed by systemd with `FileDescriptorName=NAME` |

No two listeners may have the same address.
)";

inline constexpr std::string_view kTemplateNote = R"(
### Subject templates

In `publish`, `subscribe` and `request`, `{transport}` (`tcp`, `udp`, `unix`, ...), `{peer}` (its address
without port), `{port}`, `{listener}` and `{connection}` (a number) stand for the facts of the peer, each
made one token: dots, blanks and wildcards become `-`.
)";

}  // namespace telex::config
