process.env["WHOLE"] = "true"; // which sample.ts reads, in this process and in those that it starts
