/**
 * Objects to bytes and back: {@link io.wellspring.api.codec.Codec}; {@link io.wellspring.api.codec.Codecs} makes the ones that come with
 * Wellspring, of which {@link io.wellspring.api.codec.RecordsCodec} is the one for application types. Its records carry
 * {@link io.wellspring.api.codec.Tag}, and may carry {@link io.wellspring.api.codec.Default} and {@link io.wellspring.api.codec.Reserved};
 * {@link io.wellspring.api.codec.TypeToken} names a generic type.
 */
package io.wellspring.api.codec;
