package io.wellspring.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Stands between a caller and an interface, and looks at each call. */
interface Between {
    /** Makes the call, another one, or none. */
    Object call(Call call) throws Throwable;

    /** A call that has not been made yet. */
    final class Call {
        private final Object target;
        private final Method method;
        final Object[] arguments;

        private Call(Object target, Method method, Object[] arguments) {
            this.target = target;
            this.method = method;
            this.arguments = arguments == null ? new Object[0] : arguments;
        }

        Object target() {
            return target;
        }

        boolean is(String... names) {
            return Set.of(names).contains(method.getName());
        }

        /** Makes it as it was meant, or with arguments that were changed. */
        Object make() throws Throwable {
            return makeOf(target);
        }

        /** Makes it of another one. */
        Object makeOf(Object other) throws Throwable {
            try {
                return method.invoke(other, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }
    }

    /** An implementation of an interface that asks {@code between} about each call to the real one. */
    @SuppressWarnings("unchecked")
    static <T> T put(Class<? super T> type, T real, Between between) {
        return (T) Proxy.newProxyInstance(
                Between.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> between.call(new Call(real, method, arguments)));
    }
}
