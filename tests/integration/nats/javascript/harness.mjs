// The commands of the driver as calls of nats.js, version 2 or 3: both have these functions (docs/testing.md).
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const LONGEST_PAYLOAD = 1024;
const clients = new Map();
const subscriptions = new Map();
let library;

const octets = (text) => Buffer.from(text, "latin1");
const text = (data) => Buffer.from(data).toString("latin1");
// The driver writes subjects as octets, nats.js takes characters.
const subjectOf = (argument) => octets(argument).toString();
const milliseconds = (seconds, otherwise) => 1000 * (seconds ?? otherwise);

function write(entry) {
    process.stdout.write(JSON.stringify(entry) + "\n");
}

// The code of a result for an error: a word of the scenarios. Version 2 has codes, version 3 classes.
function codeOf(error) {
    const cause = error.cause ?? error;
    const names = [error.code, error.name, cause.code, cause.name].map(String);
    const codes = {
        503: "no_responders", NoResponders: "no_responders",
        TIMEOUT: "timeout", TimeoutError: "timeout",
        AUTHORIZATION_VIOLATION: "authorization", AuthorizationError: "authorization",
        MAX_PAYLOAD_EXCEEDED: "max_payload",
        CONNECTION_CLOSED: "closed", ClosedConnectionError: "closed",
        PERMISSIONS_VIOLATION: "permissions", PermissionViolationError: "permissions",
    };
    if (error.message?.includes("max_payload")) {
        return "max_payload";
    }
    return codes[names.find((name) => name in codes)] ?? names[0];
}

function payloadOf(command) {
    return "size" in command ? Buffer.alloc(command.size, "x") : octets(command.payload ?? "");
}

function numbered(number, size) {
    return octets(String(number).padStart(size ?? 0, "0"));
}

function publishOptions(command) {
    const options = command.reply ? { reply: command.reply } : {};
    if (command.headers) {
        options.headers = library.headers();
        for (const [name, value] of command.headers) {
            options.headers.append(name, value);
        }
    }
    return options;
}

function describe(message) {
    const headers = [];
    for (const name of message.headers?.keys() ?? []) {
        for (const value of message.headers.values(name)) {
            headers.push([name, value]);
        }
    }
    const fields = { subject: text(message.subject), reply: message.reply ?? "", headers, size: message.data.length };
    if (message.data.length <= LONGEST_PAYLOAD) {
        fields.payload = text(message.data);
    }
    return fields;
}

// What a subscription does with its messages, by `take`.
function taker(command, client) {
    const subscription = command.subscription;
    let count = 0;
    let next = 0;
    let inOrder = true;
    const takers = {
        events: (message) => write({ event: "message", subscription, ...describe(message) }),
        count: (message) => {
            const number = Number(text(message.data));
            inOrder &&= number >= next;
            next = number + 1;
            count += 1;
            if (next === command.count) {
                write({ event: "counted", subscription, count, in_order: inOrder });
            }
        },
        respond: (message) => {
            for (let i = 0; i < (command.replies ?? 1); ++i) {
                message.respond(message.data, { headers: message.headers });
            }
        },
        forward: (message) => client.publish(command.to, message.data, { reply: message.reply }),
    };
    return takers[command.take ?? "events"];
}

function connectOptions(command) {
    const options = {
        servers: command.servers, name: command.client, timeout: milliseconds(command.timeout, 30),
        noEcho: command.no_echo, verbose: command.verbose, pedantic: command.pedantic,
        reconnectTimeWait: 20, reconnectJitter: 5, reconnectJitterTLS: 5,
        maxReconnectAttempts: command.max_reconnects ?? -1,
        pingInterval: milliseconds(command.ping_interval, 120),
        maxPingOut: command.max_pings_out,
        user: command.user, pass: command.password, token: command.token,
    };
    if (command.seed_file) {
        options.authenticator = library.nkeyAuthenticator(readFileSync(command.seed_file));
    }
    if (command.tls) {
        options.tls = {
            caFile: command.tls.ca_file, certFile: command.tls.certificate_file, keyFile: command.tls.key_file,
            handshakeFirst: command.tls_first,
        };
    }
    // Version 2 sends a key that is present and undefined.
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function reportStatus(name, client) {
    const events = { disconnect: "disconnected", reconnect: "reconnected", ldm: "lame_duck" };
    for await (const status of client.status()) {
        if (status.type in events) {
            write({ event: events[status.type], client: name });
        } else if (status.type === "error") {
            // Version 2 has the code of the error, version 3 the error itself. Both parse the text of a refusal.
            const cause = status.permissionContext ?? status.error;
            const refusal = cause?.subject && `permissions violation for ${cause.operation} to "${cause.subject}"` +
                (cause.queue ? ` using queue "${cause.queue}"` : "");
            write({ event: "error", client: name, text: refusal || String(cause?.message ?? status.data) });
        }
    }
}

const commands = {
    async connect(command) {
        const client = await library.connect(connectOptions(command));
        clients.set(command.client, client);
        reportStatus(command.client, client);
        client.closed().then(() => write({ event: "closed", client: command.client }));
    },

    subscribe(command) {
        const client = clients.get(command.client);
        const take = taker(command, client);
        // Errors of a subscription are also in the client's status.
        const callback = (error, message) => error ?? take(message);
        subscriptions.set(command.subscription, client.subscribe(
            subjectOf(command.filter), { queue: command.queue_group, max: command.max_messages, callback }));
    },

    publish(command) {
        const client = clients.get(command.client);
        if (!("count" in command)) {
            client.publish(subjectOf(command.subject), payloadOf(command), publishOptions(command));
            return;
        }
        for (let at = 0; at < command.count; ++at) {
            client.publish(subjectOf(command.subject), numbered(at, command.size));
        }
    },

    async request(command) {
        const { headers } = publishOptions(command);
        const reply = await clients.get(command.client).request(
            command.subject, payloadOf(command),
            { headers, timeout: milliseconds(command.timeout, 60), noMux: command.old_style ?? false });
        return describe(reply);
    },

    async requests(command) {
        const client = clients.get(command.client);
        let next = 0;
        let echoed = 0;
        const send = async () => {
            while (next < command.count) {
                const payload = String(next++);
                const reply = await client.request(command.subject, octets(payload), { timeout: 60000 }).catch(() => undefined);
                echoed += reply && text(reply.data) === payload ? 1 : 0;
            }
        };
        await Promise.all(Array.from({ length: command.in_flight }, send));
        return { echoed };
    },

    async request_many(command) {
        const payloads = [];
        const options = { strategy: "count", maxMessages: command.replies, maxWait: milliseconds(command.timeout, 60) };
        for await (const reply of await clients.get(command.client).requestMany(command.subject, payloadOf(command), options)) {
            payloads.push(text(reply.data));
        }
        return { payloads };
    },

    unsubscribe(command) {
        subscriptions.get(command.subscription).unsubscribe(command.max_messages);
    },

    async flush(command) {
        await clients.get(command.client).flush();
    },

    async drain(command) {
        await (subscriptions.get(command.subscription) ?? clients.get(command.client)).drain();
    },

    async close(command) {
        await clients.get(command.client).close();
    },

    status(command) {
        const client = clients.get(command.client);
        return { status: client.isClosed() ? "closed" : client.isDraining() ? "draining" : "connected" };
    },

    server(command) {
        return { max_payload: clients.get(command.client).info.max_payload };
    },
};

async function execute(command) {
    try {
        write({ command: command.command, ok: (await commands[command.do](command)) ?? {} });
    } catch (error) {
        write({ command: command.command, error: { code: codeOf(error), text: String(error.message) } });
    }
}

export function run(of) {
    library = of;
    write({ event: "ready", features: ["empty_headers", "tls_first"] });
    const input = createInterface({ input: process.stdin });
    input.on("line", (line) => execute(JSON.parse(line)));
    input.on("close", () => process.exit(0));
}
