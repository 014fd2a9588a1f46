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
    files: ["tests/**/*.ts", "app/tests/**/*.ts", "app/verify/**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    rules: { "no-restricted-syntax": ["error", ...steady] },
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
