// No plugins: the tools may be installed anywhere. Frappe's desk scripts are plain browser scripts.
const globals = {};
for (const name of (
	"frappe __ $ jQuery cur_frm cur_list cur_page cur_dialog locals moment flt cint cstr erpnext in_list has_common " +
	"get_today validate_email window document console setTimeout clearTimeout setInterval clearInterval location " +
	"navigator localStorage sessionStorage URL URLSearchParams fetch FormData Event CustomEvent HTMLElement Intl " +
	"requestAnimationFrame format_currency format_number strip_html open_url_post support_service $c io Blob File FileReader Image Option " +
	"IntersectionObserver MutationObserver ResizeObserver matchMedia getComputedStyle history alert confirm module " +
	"crypto DOMParser XMLHttpRequest WebSocket performance queueMicrotask structuredClone AbortController TextEncoder"
).split(" ")) {
	globals[name] = "writable";
}

module.exports = [
	{ ignores: ["**/node_modules/**", "**/dist/**", "**/*.min.js"] },
	{
		files: ["**/*.js"],
		languageOptions: { ecmaVersion: 2022, sourceType: "module", globals },
		rules: {
			"no-const-assign": "error",
			"no-dupe-keys": "error",
			"no-duplicate-case": "error",
			"no-eval": "error",
			"no-implicit-globals": "off",
			"no-undef": "error",
			"no-unreachable": "error",
			"no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
			"no-var": "error",
			"prefer-const": "error",
			eqeqeq: ["error", "smart"],
		},
	},
];
