// The harness of nats.js 3, whose package for Node.js is transport-node.
import * as library from "@nats-io/transport-node";
import { run } from "./harness.mjs";

run(library);
