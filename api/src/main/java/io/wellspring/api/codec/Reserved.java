package io.wellspring.api.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tags of a record, sealed interface or enum that were in use once and must never be used again, because old bytes still
 * hold them. A {@link Tag} that reuses one makes building the codec fail.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Reserved {
    /**
     * The numbers.
     *
     * @return tags of removed components, permitted types or constants
     */
    int[] value();
}
