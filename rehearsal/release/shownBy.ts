/** What shows, elsewhere, what a release on this machine does not. */
export const AWS = "pulumi up";
export const JOBS = "npm test, with a recording aws command; a release";
