#pragma once
// The parts of the reference that do not come from a table.
#include <string_view>

namespace telex::config {

inline constexpr std::string_view kReferenceIntroduction = R"(# The configuration file

*Generated from the tables in `daemon/config/keys`; do not edit by hand. `telexd
--print-config-reference` prints this page.*

`telexd --config FILE` reads one YAML file; `telexd --check-config FILE` only checks it. The check is
strict: an unknown or duplicate key, a wrong type, a value out of range or an invalid combination is an
error with its line and column, and one run reports all errors. The exit status is 78 for an invalid
configuration, 66 for a file that cannot be read, and 77 for a file without read permission.

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

The daemon reads the file at start and again on `SIGHUP`. A reload applies the whole file or nothing: after
an error in the file, a port that is in use, a certificate that cannot be loaded, or a change of a key
marked *Restart* below, the current configuration stays in force and the log states the reason.
Signals that come during a reload are one more reload; a signal to stop goes first.
Otherwise the log lists the changes. Each reload also loads the files named by the `tls` keys.
Listeners are identified by their names: new ones are opened, removed ones are closed, and connections
stay open. Connections keep the limits and certificates in force when they were opened; users and accounts
take effect for existing connections, too ([security.md](security.md)).

`config/telexd.yaml` is the default configuration; `config/examples/` has more.

## Values

- **Sizes** are whole numbers with a unit: `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024), or `kB`,
  `MB`, `GB`, `TB` (powers of 1000). `10M` could mean either and is refused.
- **Durations** are whole numbers with a unit: `ms`, `s`, `m`, `h`, `d`. Write `1500ms`, not `1.5s`.
- **Numbers** are plain decimals. **Booleans** are `true` or `false`; `yes`, `on` and the like are
  rejected.
- **0 never means unlimited**: every limit has a minimum and a maximum.
- **Permissions** are four octal digits, the first of which is 0; quotes are optional.
- **Byte strings** are the bytes of the text, with the escapes of YAML's double quotes (`"\r\n"`,
  `"\0"`), or hexadecimal digits after `hex:` (`"hex:0d0a"`), which can also express bytes that are not
  UTF-8. Two misleading notations are rejected: escapes without double quotes (`\n` is a backslash
  and an n in YAML), and `"\x80"` to `"\xff"`, which are characters of two bytes.
- A section without keys is the same as an absent section.

The file uses plain mappings, lists and scalars. Anchors, aliases, merge keys, tags, several documents,
byte order marks, tabs as indentation, nesting deeper than 32 levels, files larger than 4 MiB and files
that are not regular are rejected.

## Substitution

Values (not keys) may contain:

| Reference | Replaced by |
|---|---|
| `${NAME}` | the environment variable; an error if it is not set |
| `${NAME:-text}` | the same, or `text` if it is not set or empty; `text` ends at the next `}` |
| `${file:/path}` | the content of a file of at most 64 KiB, without a final line end; must not be empty |
| `${credential:NAME}` | the content of `$CREDENTIALS_DIRECTORY/NAME`, likewise (systemd's `LoadCredential=`) |
| `$${` | the two characters `${` |

`${TELEX_RUNTIME_DIR}` is always set: the first of `$RUNTIME_DIRECTORY`, `$XDG_RUNTIME_DIR/telex` and
`/tmp/telex-UID`. A `$` that is not followed by `{` stands for itself, as in `$SYS.echo`. Substitution
happens after parsing, so the result is always a single value. Between `[` and `]`, YAML requires quotes
around a text that contains `{`.
)";

inline constexpr std::string_view kAddressNote = R"(
### Addresses

One address or a list of them:

| Address | Socket |
|---|---|
| `tcp://HOST:PORT` | TCP. HOST is a name, `127.0.0.1`, `[::1]` or `*` (every address); with port 0 the system selects one |
| `udp://HOST:PORT` | UDP: a datagram is a frame; no subscriptions |
| `unix:///PATH` | unix stream socket; the path has at most 107 bytes |
| `unix-seqpacket:///PATH` | unix socket with connections and message boundaries: a packet is a frame |
| `unix-dgram:///PATH` | unix datagram socket: a datagram is a frame; no subscriptions |
| `unix:@NAME`, … | the same in the abstract namespace; requires `allow_abstract: true` |
| `systemd:NAME` | descriptors passed by systemd with `FileDescriptorName=NAME` |

No two listeners may have the same address.
)";

inline constexpr std::string_view kTemplateNote = R"(
### Subject templates

`publish`, `subscribe` and `request` may contain `{transport}` (`tcp`, `udp`, `unix`, …), `{peer}` (the peer's
address without its port), `{port}`, `{listener}` and `{connection}` (a number). Each is replaced by one token
for the connection: dots, blanks and wildcards become `-`.

With protocol syslog, `publish` may also contain `{severity}`, `{facility}`, `{host}`, `{app}`, `{procid}` and `{msgid}`:
parts of each message, which its sender chooses ([syslog.md](syslog.md)). A subject cannot begin with one of them.
)";

}  // namespace telex::config
