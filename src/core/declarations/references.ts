/** References inside of written values: `${env.NAME}`, `${file:PATH}`, `${vault.NAME}`. `$${…}` is a plain `${…}`. */

/** The first group: what was escaped, to be left as it is; the second: what is referred to. */
export const REFERENCE = /\$(\$\{[^}]*\})|\$\{([^}]*)\}/g
