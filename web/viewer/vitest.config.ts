// Stands here so that the app's configuration, one folder up, is not taken.
import { defineConfig } from "vitest/config";

export default defineConfig({});
