/** The errors of Wellspring, each type telling what happens next. */
package io.wellspring.api.error;
