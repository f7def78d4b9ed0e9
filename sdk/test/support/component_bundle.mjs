// Bundles the component of an example as a site's own tools would: React, Vue or Svelte.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the page does with the component; `props` is what the page knows. */
const entries = {
  react: `
    import { createElement } from 'react';
    import { createRoot } from 'react-dom/client';
    import { Login } from './examples/react/Login.tsx';
    createRoot(target).render(createElement(Login, props));`,
  vue: `
    import { createApp, h } from 'vue';
    import Login from './examples/vue/Login.vue';
    createApp({ render: () => h(Login, props) }).mount(target);`,
  svelte: `
    import { mount } from 'svelte';
    import Login from './examples/svelte/Login.svelte';
    mount(Login, { target, props });`,
};

const components = {
  name: 'components',
  setup(build) {
    const load = (filter, transform) => build.onLoad({ filter }, ({ path: file }) => ({
      contents: transform(fs.readFileSync(file, 'utf8'), file),
      loader: 'js',
      resolveDir: path.dirname(file),
    }));
    load(/\.vue$/, (source, filename) => {
      const { descriptor } = parse(source, { filename });
      const isCustomElement = (tag) => tag.startsWith('masterkey2-');
      return compileScript(descriptor, {
        id: 'login', inlineTemplate: true, templateOptions: { compilerOptions: { isCustomElement } },
      }).content;
    });
    load(/\.svelte$/, (source, filename) => compile(source, { filename, generate: 'client' }).js.code);
  },
};

export async function bundleComponent(framework) {
  const { outputFiles: [file] } = await esbuild.build({
    stdin: {
      contents: `
        const target = document.querySelector('#app');
        const onSignedIn = () => location.assign('/dashboard');
        const props = { ...target.dataset, onSignedIn };
        ${entries[framework].replace(/^\s*import .*$/gm, '')}
        ${entries[framework].match(/^\s*import .*$/gm).join('\n')}`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['browser', 'svelte'],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [components],
    logLevel: 'warning',
  });
  return file.text;
}
