package io.wellspring.api.codec;

import io.wellspring.api.error.ConfigException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the tags of siblings: all there, in range, none twice, none reserved. Speaks with the place and a free number. */
final class Tags {
    static final int MAX = 536_870_911;
    private static final int PROTOBUF_FIRST = 19_000;
    private static final int PROTOBUF_LAST = 19_999;

    /** A component, permitted type or constant, with its annotation or null. */
    record Member(String name, Tag tag) {}

    private Tags() {}

    /** Gives the tags in the order of the members. */
    static int[] check(Class<?> owner, List<Member> members, boolean zeroAllowed) {
        int[] reserved = reserved(owner);
        for (int number : reserved) {
            if (!inRange(number) && !(zeroAllowed && number == 0)) {
                throw new ConfigException(owner.getTypeName() + ": @Reserved(" + number
                        + ") is no possible tag; take it out" + " [Codecs.records]");
            }
        }
        int[] tags = new int[members.size()];
        Map<Integer, String> holders = new HashMap<>();
        for (int i = 0; i < tags.length; i++) {
            Member member = members.get(i);
            String place = member.name() + " of " + owner.getTypeName();
            if (member.tag() == null) {
                throw new ConfigException(
                        place + " has no @Tag; give it @Tag(" + free(members, reserved) + ") [Codecs.records]");
            }
            int tag = member.tag().value();
            if (!inRange(tag) && !(zeroAllowed && tag == 0)) {
                throw new ConfigException(place + ": @Tag(" + tag + ") is outside " + (zeroAllowed ? 0 : 1) + ".." + MAX
                        + " without " + PROTOBUF_FIRST + ".." + PROTOBUF_LAST + "; @Tag(" + free(members, reserved)
                        + ") is free [Codecs.records]");
            }
            if (Arrays.stream(reserved).anyMatch(number -> number == tag)) {
                throw new ConfigException(
                        place + ": @Tag(" + tag + ") is @Reserved, old bytes hold something else under it;" + " @Tag("
                                + free(members, reserved) + ") is free [Codecs.records]");
            }
            String holder = holders.put(tag, member.name());
            if (holder != null) {
                throw new ConfigException(place + ": @Tag(" + tag + ") is also the tag of " + holder + "; @Tag("
                        + free(members, reserved) + ") is free [Codecs.records]");
            }
            tags[i] = tag;
        }
        return tags;
    }

    static boolean inRange(int tag) {
        return tag >= 1 && tag <= MAX && (tag < PROTOBUF_FIRST || tag > PROTOBUF_LAST);
    }

    static int[] reserved(Class<?> owner) {
        Reserved reserved = owner.getAnnotation(Reserved.class);
        return reserved == null ? new int[0] : reserved.value();
    }

    // Above all that is or was in use, so that the advice is right even where @Reserved was forgotten in the middle.
    private static int free(List<Member> members, int[] reserved) {
        int highest = Arrays.stream(reserved).filter(Tags::inRange).max().orElse(0);
        for (Member member : members) {
            if (member.tag() != null && inRange(member.tag().value())) {
                highest = Math.max(highest, member.tag().value());
            }
        }
        return highest + 1 == PROTOBUF_FIRST ? PROTOBUF_LAST + 1 : highest + 1;
    }
}
