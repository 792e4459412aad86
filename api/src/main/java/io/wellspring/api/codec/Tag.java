package io.wellspring.api.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stable number of a record component, of a type within its sealed interface, or of an enum constant: what is written
 * instead of the name, so that names may change. Numbers run from 1 to 536,870,911 without 19,000 to 19,999, as in
 * protobuf; enum constants may also use 0. A type that several sealed interfaces permit has one tag for all of them.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.TYPE})
public @interface Tag {
    /**
     * The number.
     *
     * @return the number, unique among its siblings for all time
     */
    int value();
}
