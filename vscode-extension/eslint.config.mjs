import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: { "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }] },
  },
  { files: ["src/test/**/*.ts"], rules: { "@typescript-eslint/no-floating-promises": "off" } },
  { files: ["e2e/**/*.mjs"], extends: [tseslint.configs.base], rules: { "no-undef": "off", "no-unused-vars": "error" } },
);
