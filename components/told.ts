/**
 * A text that settings hold, or that an output of another resource will. What is made of settings alone needs no output, so
 * that commands, which read settings, do without loading Pulumi's library: half of the time that it takes them to come up.
 */
import type * as pulumi from "@pulumi/pulumi";

export type Told = string | pulumi.Output<string>;

export const made = (told: Told, make: (text: string) => string): Told =>
  typeof told === "string" ? make(told) : told.apply(make);
