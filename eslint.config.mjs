import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";
import steady from "./scripts/steady.cjs";

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      ".out/",
      "app/*",
      "!app/tests/",
      "!app/verify/",
      "tests/fixtures/services/",
      "bench/cdk/",
      "examples/",
    ],
  },
  {
    ignores: ["app/**"],
    extends: [js.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
  },
  {
    files: ["**/*.ts"],
    ignores: ["app/**"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    // Its index loads those of all services: a tenth of the time that evaluating the stacks takes.
    files: ["components/**/*.ts", "stacks/**/*.ts", "index.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          paths: ["@pulumi/aws", "@pulumi/awsx"].map((name) => ({
            name,
            allowTypeImports: true,
            message: `Import what is made from its service: ${name}/ecr.`,
          })),
        },
      ],
    },
  },
  {
    files: ["bench/**/*.ts", "commands/**/*.ts", "rehearsal/**/*.ts", "scripts/**/*.ts"],
    ignores: ["rehearsal/bringUp/commandLine.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          name: "node:util",
          importNames: ["parseArgs"],
          message:
            "Read the command line by commandLine of rehearsal/bringUp/commandLine.ts: it refuses empty values.",
        },
      ],
    },
  },
  {
    files: ["tests/**/*.ts", "packages/*/tests/**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    rules: { "no-restricted-syntax": ["error", ...steady] },
  },
  {
    // They run in one process, where what a module registers holds for all files.
    files: ["app/tests/**/*.ts", "app/verify/**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    rules: {
      "no-restricted-syntax": ["error", ...steady.filter(({ selector }) => !selector.startsWith("Program"))],
    },
  },
  {
    files: ["**/*.cjs", "**/*.mjs"],
    ignores: ["app/**"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        require: "readonly",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
        module: "readonly",
        setTimeout: "readonly",
      },
    },
  },
);
