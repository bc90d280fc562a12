// The harness of nats.js 2.
import * as library from "nats";
import { run } from "./harness.mjs";

run(library);
