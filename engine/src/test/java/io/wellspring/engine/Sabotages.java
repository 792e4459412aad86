package io.wellspring.engine;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.KafkaClients;
import io.wellspring.state.Entry;
import io.wellspring.state.StateTable;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;

/**
 * The mistakes that {@link SabotageTest} makes an engine commit. Each breaks one of the invariants of the architecture page; the simulation has to
 * notice. The engine's own code is as it is: a mistake sits in what it is given, so that it does the wrong thing in good faith.
 */
enum Sabotages implements Sabotage {
    /** I2: what is not committed yet reaches snapshots and queries; the commit itself is made with the next call. */
    STORE_BEFORE_COMMIT {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return producing(real, () -> new LateCommit(false));
        }
    },

    /** I4: a commit without an answer is taken for done. */
    TIMEOUT_TAKEN_FOR_COMMIT {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return producing(real, () -> new LateCommit(true));
        }
    },

    /** I1: nothing says how far the inputs are processed where it is as far as before, that is for timers alone. */
    TIMERS_WITHOUT_OFFSETS {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return producing(real, () -> {
                Map<Object, Object> last = new HashMap<>();
                return call -> {
                    if (call.is("sendOffsetsToTransaction")) {
                        Map<?, ?> offsets = (Map<?, ?>) call.arguments[0];
                        if (last.entrySet().containsAll(positions(offsets).entrySet())) {
                            return null;
                        }
                        last.putAll(positions(offsets));
                    }
                    return call.make();
                };
            });
        }
    },

    /** I1: offsets of a member that may be none any more. */
    GENERATION_MINUS_ONE {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return producing(real, () -> call -> {
                if (call.is("sendOffsetsToTransaction")) {
                    call.arguments[1] = ofNoMember(((ConsumerGroupMetadata) call.arguments[1]).groupId());
                }
                return call.make();
            });
        }
    },

    /** I3: tasks that are taken away go on until the callback comes round, a poll later. */
    REVOKE_WITHOUT_DRAIN {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return new Clients(real) {
                @Override
                public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                    Deque<Between.Call> late = new ArrayDeque<>();
                    return lenient(super.consumer(settings), call -> {
                        if (call.is("poll")) {
                            int due = late.size();
                            Object polled = call.make();
                            for (; due > 0; due--) {
                                late.remove().make();
                            }
                            return polled;
                        }
                        if (call.is("subscribe")) {
                            ConsumerRebalanceListener listener = (ConsumerRebalanceListener) call.arguments[1];
                            call.arguments[1] = Between.put(ConsumerRebalanceListener.class, listener, told -> {
                                if (told.is("onPartitionsRevoked")) {
                                    late.add(told);
                                    return null;
                                }
                                return told.make();
                            });
                        }
                        return call.make();
                    });
                }
            };
        }
    },

    /** I3: what was lost to another member is committed as if it were given back in order, and as a member of no generation. */
    LOST_PARTITIONS_COMMITTED {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return GENERATION_MINUS_ONE.clients(listening(real, (listener, call) -> {
                if (call.is("onPartitionsLost")) {
                    listener.onPartitionsRevoked(partitions(call.arguments[0]));
                    return null;
                }
                return call.make();
            }));
        }
    },

    /** I5: the rows of a snapshot are of a later commit than its position. */
    POSITION_APART_FROM_ROWS {
        @Override
        public StateStores stores(StateStores real) {
            return writing(real, call -> {
                SnapshotMark before = ((StateStore) call.target()).mark().orElse(null);
                if (before != null) {
                    call.arguments[1] = before;
                }
                return call.make();
            });
        }
    },

    /** I9: a snapshot does not say which inputs it holds. */
    SNAPSHOT_WITHOUT_INPUTS {
        @Override
        public StateStores stores(StateStores real) {
            return writing(real, call -> {
                SnapshotMark mark = (SnapshotMark) call.arguments[1];
                call.arguments[1] = new SnapshotMark(
                        mark.pipeline(),
                        mark.task(),
                        mark.journals(),
                        List.of(),
                        mark.watermarkMillis(),
                        mark.nowMillis());
                return call.make();
            });
        }
    },

    /** I5: a snapshot holds a part of what changed. */
    HALF_A_TABLE {
        @Override
        public StateStores stores(StateStores real) {
            return writing(real, call -> {
                List<?> rows = (List<?>) call.arguments[0];
                call.arguments[0] = rows.subList(0, (rows.size() + 1) / 2);
                return call.make();
            });
        }
    },

    /** I5: a backup says that it holds what came after it. */
    BACKUP_OF_A_HIGHER_POSITION {
        @Override
        public StateStores stores(StateStores real) {
            return Between.put(
                    StateStores.class,
                    real,
                    call -> call.is("backups")
                            ? Between.put(
                                    StateBackups.class, (StateBackups) call.make(), inner -> restored(real, inner))
                            : call.make());
        }
    },

    /** What is deleted of a journal is more than the backups hold. */
    TRIMMED_ABOVE_THE_VERIFIED_BACKUP {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return asking(real, call -> {
                if (call.is("deleteRecords")) {
                    Map<Object, RecordsToDelete> all = new HashMap<>();
                    ((Map<?, ?>) call.arguments[0])
                            .forEach((journal, before) -> all.put(journal, RecordsToDelete.beforeOffset(-1)));
                    call.arguments[0] = all;
                }
                return call.make();
            });
        }
    },

    /** I6: replay applies what was never committed. */
    REPLAY_OF_UNCOMMITTED {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return consuming(real, settings -> {
                if (!settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG)) {
                    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
                }
                return settings;
            });
        }
    },

    /** I6: a standby applies what was never committed. */
    STANDBY_OF_UNCOMMITTED {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return consuming(real, settings -> {
                if (settings.entrySet().containsAll(Standbys.READER.entrySet())) {
                    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
                }
                return settings;
            });
        }
    },

    /** I6: replay ends at the last stable offset, which is also what a consumer's endOffsets say. */
    REPLAY_TO_LAST_STABLE_OFFSET {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return asking(real, call -> {
                if (call.is("listOffsets")) {
                    call.arguments[1] = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
                }
                return call.make();
            });
        }
    },

    /** I6: a partition that the cluster's answer lacks is taken for an empty one. */
    MISSING_TAKEN_FOR_NONE {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return asking(
                    real,
                    call -> call.is("listOffsets")
                            ? zeroForMissing((Map<?, ?>) call.arguments[0], (ListOffsetsResult) call.make())
                            : call.make());
        }
    },

    /** I6: offsets are read while a transaction that moves them is being decided. */
    UNSTABLE_OFFSETS {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return consuming(real, settings -> {
                if (settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG)) {
                    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
                }
                return settings;
            });
        }
    },

    /** Membership: a task is started when one of its partitions has arrived, and its inputs are given to different members. */
    HALF_A_TASK {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return new Clients(real) {
                @Override
                public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                    Map<String, Object> changed = new HashMap<>(settings);
                    changed.replace(
                            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RoundRobinAssignor.class.getName());
                    return lenient(super.consumer(changed), call -> {
                        if (call.is("subscribe")) {
                            Set<?> topics = Set.copyOf((Collection<?>) call.arguments[0]);
                            ConsumerRebalanceListener listener = (ConsumerRebalanceListener) call.arguments[1];
                            call.arguments[1] = Between.put(ConsumerRebalanceListener.class, listener, told -> {
                                told.arguments[0] = wholeTasks(partitions(told.arguments[0]), topics);
                                return told.make();
                            });
                        }
                        return call.make();
                    });
                }
            };
        }
    },

    /** I7: after an abort the inputs go on where they were. */
    NO_SEEK_AFTER_ABORT {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return new Clients(real) {
                @Override
                public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                    Consumer<byte[], byte[]> consumer = super.consumer(settings);
                    if (!settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG)) {
                        return consumer;
                    }
                    Set<Object> placed = new HashSet<>();
                    return Between.put(Consumer.class, consumer, call -> {
                        boolean toStart = call.is("seek") && call.arguments[1].equals(0L);
                        return call.is("seek") && !toStart && !placed.add(call.arguments[0]) ? null : call.make();
                    });
                }
            };
        }
    },

    /** I4, without the harm: a commit without an answer is taken for refused, and asked for again when it is to be aborted. */
    TIMEOUT_TAKEN_FOR_ABORT {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return producing(real, () -> {
                Deque<Between.Call> due = new ArrayDeque<>();
                return call -> {
                    if (!due.isEmpty() && call.is("abortTransaction")) {
                        due.getFirst().make();
                        due.clear();
                        return null;
                    }
                    try {
                        return call.make();
                    } catch (TimeoutException unanswered) {
                        if (!call.is("commitTransaction")) {
                            throw unanswered;
                        }
                        due.add(call);
                        throw new TransactionAbortableException("sabotaged");
                    }
                };
            });
        }
    },

    /** I2: a query shows what an open transaction changed. */
    QUERY_OF_UNCOMMITTED {
        @Override
        public Entry<Object> query(StateTable<Object, Object> table, String key) {
            return table.get(key);
        }
    };

    /** A producer whose commits, all or only those without an answer, are made with the next call, and are told to be made at once. */
    private static final class LateCommit implements Between {
        private final boolean onlyWithoutAnswer;
        private Call due;

        private LateCommit(boolean onlyWithoutAnswer) {
            this.onlyWithoutAnswer = onlyWithoutAnswer;
        }

        @Override
        public Object call(Call call) throws Throwable {
            if (due != null && call.is("beginTransaction", "close", "abortTransaction")) {
                Call late = due;
                due = null;
                try {
                    late.make();
                } catch (TimeoutException again) {
                    due = late;
                    throw new TransactionAbortedException("sabotaged", again);
                }
            }
            if (!call.is("commitTransaction")) {
                return call.make();
            }
            if (!onlyWithoutAnswer) {
                due = call;
                return null;
            }
            try {
                return call.make();
            } catch (TimeoutException unanswered) {
                due = call;
                return null;
            }
        }
    }

    /** Clients like the real ones. */
    static class Clients implements KafkaClients {
        private final KafkaClients real;

        Clients(KafkaClients real) {
            this.real = real;
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            return real.producer(settings);
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return real.consumer(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return real.admin(settings);
        }
    }

    private interface Listening {
        Object call(ConsumerRebalanceListener real, Between.Call call) throws Throwable;
    }

    static KafkaClients producing(KafkaClients real, Supplier<Between> between) {
        return new Clients(real) {
            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                return Between.put(Producer.class, super.producer(settings), between.get());
            }
        };
    }

    private static KafkaClients asking(KafkaClients real, Between between) {
        return new Clients(real) {
            @Override
            public Admin admin(Map<String, Object> settings) {
                return Between.put(Admin.class, super.admin(settings), between);
            }
        };
    }

    private static KafkaClients consuming(KafkaClients real, UnaryOperator<Map<String, Object>> change) {
        return new Clients(real) {
            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                return super.consumer(change.apply(new HashMap<>(settings)));
            }
        };
    }

    private static KafkaClients listening(KafkaClients real, Listening listening) {
        return new Clients(real) {
            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                return Between.put(Consumer.class, super.consumer(settings), call -> {
                    if (call.is("subscribe")) {
                        ConsumerRebalanceListener listener = (ConsumerRebalanceListener) call.arguments[1];
                        call.arguments[1] = Between.put(
                                ConsumerRebalanceListener.class, listener, told -> listening.call(listener, told));
                    }
                    return call.make();
                });
            }
        };
    }

    /** A consumer that takes no offence at partitions that it does not have any more, and remembers where it was in them. */
    private static Consumer<byte[], byte[]> lenient(Consumer<byte[], byte[]> real, Between between) {
        Map<Object, Object> positions = new HashMap<>();
        return Between.put(Consumer.class, real, call -> {
            if (!call.is("position", "pause", "resume", "seek")) {
                return between.call(call);
            }
            try {
                Object answer = between.call(call);
                if (call.is("position")) {
                    positions.put(call.arguments[0], answer);
                }
                return answer;
            } catch (IllegalStateException notAssigned) {
                return call.is("position") ? positions.getOrDefault(call.arguments[0], 0L) : null;
            }
        });
    }

    static StateStores writing(StateStores real, Between between) {
        return Between.put(
                StateStores.class,
                real,
                call -> call.is("task")
                        ? Between.put(
                                StateStore.class,
                                (StateStore) call.make(),
                                inner -> inner.is("write") ? between.call(inner) : inner.make())
                        : call.make());
    }

    /** Restores the lowest backup there is in the place of the one asked for. */
    private static Object restored(StateStores stores, Between.Call call) throws Throwable {
        if (!call.is("restore")) {
            return call.make();
        }
        String task = (String) call.arguments[0];
        Backup asked = (Backup) call.arguments[1];
        List<Backup> all = ((StateBackups) call.target()).list(task);
        call.arguments[1] = all.get(all.size() - 1);
        call.make();
        try (StateStore store = stores.task(task)) {
            store.write(List.of(), asked.mark());
        }
        return null;
    }

    private static ListOffsetsResult zeroForMissing(Map<?, ?> asked, ListOffsetsResult real) {
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers = new HashMap<>();
        asked.keySet().forEach(key -> {
            TopicPartition partition = (TopicPartition) key;
            KafkaFuture<ListOffsetsResultInfo> answer = real.partitionResult(partition);
            answers.put(
                    partition,
                    answer.isCompletedExceptionally()
                            ? KafkaFuture.completedFuture(new ListOffsetsResultInfo(0, -1, Optional.empty()))
                            : answer);
        });
        return new ListOffsetsResult(answers);
    }

    /** The partitions, and those with the same number of all other topics. */
    private static List<TopicPartition> wholeTasks(Collection<TopicPartition> partitions, Set<?> topics) {
        return partitions.stream()
                .map(TopicPartition::partition)
                .distinct()
                .flatMap(number -> topics.stream().map(topic -> new TopicPartition((String) topic, number)))
                .toList();
    }

    /** Made by hand as it used to be: consumers give none with this generation. */
    @SuppressWarnings("removal")
    private static ConsumerGroupMetadata ofNoMember(String group) {
        return new ConsumerGroupMetadata(group);
    }

    private static Map<Object, Object> positions(Map<?, ?> offsets) {
        Map<Object, Object> positions = new HashMap<>();
        offsets.forEach((partition, offset) -> positions.put(partition, ((OffsetAndMetadata) offset).offset()));
        return positions;
    }

    @SuppressWarnings("unchecked")
    private static Collection<TopicPartition> partitions(Object argument) {
        return (Collection<TopicPartition>) argument;
    }
}
