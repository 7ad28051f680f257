import { takeCoverage } from "node:v8";
import { afterAll } from "@jest/globals";

/** Written after each file: a worker of the test runner may be ended before it writes at its exit. */
if (process.env.NODE_V8_COVERAGE) afterAll(takeCoverage);
