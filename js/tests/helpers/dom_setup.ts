// What every test with a document needs: panels are taken off the page after each.
import { cleanup } from "@testing-library/preact";
import { afterEach } from "vitest";

afterEach(cleanup);
