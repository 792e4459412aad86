/** Objects to bytes and back: {@link io.wellspring.api.codec.Codec} and the ones that come with Wellspring. */
package io.wellspring.api.codec;
