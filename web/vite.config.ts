import { defineConfig } from "vite";

/** Builds into the Python package. File names have no hashes: the device serves them with ETags, and diffs stay short. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../sproutcast_pi/web",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { page: "index.html", metrics: "src/metrics.ts" },
      preserveEntrySignatures: "exports-only",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "shared_[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
