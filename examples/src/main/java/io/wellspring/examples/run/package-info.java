/** What the example programs share: a broker to run on, topics to load and read, progress on the terminal. */
package io.wellspring.examples.run;
