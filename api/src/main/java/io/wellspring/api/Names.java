package io.wellspring.api;

import io.wellspring.api.error.ConfigException;
import java.util.regex.Pattern;

/** What a name may be: it becomes part of topic names, group ids and directories. */
final class Names {
    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}");

    private Names() {}

    static String checked(String what, String name) {
        if (name == null || !LEGAL.matcher(name).matches()) {
            throw new ConfigException("The name of a " + what + " is '" + name
                    + "'; it becomes part of topic names and directories: use 1 to 100 letters, digits, '.', '_' or '-',"
                    + " beginning with a letter or digit");
        }
        return name;
    }
}
