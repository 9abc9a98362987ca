'use strict';

const shown = document.getElementById('swagger-ui');
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function followTheSystem() {
  document.documentElement.classList.toggle('dark-mode', dark.matches);
}

followTheSystem();
dark.addEventListener('change', followTheSystem);

SwaggerUIBundle({
  url: shown.dataset.document,
  domNode: shown,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // The validator is a server elsewhere.
  validatorUrl: null,
  persistAuthorization: false,
});
