/** The part of the platform's WebAssembly that is used here; types of Node have none of it, and those of browsers too much. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  class Module {
    private constructor();
    static imports(module: Module): readonly { readonly module: string; readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, () => number>>>>);
    readonly exports: Exports;
  }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>;
}
