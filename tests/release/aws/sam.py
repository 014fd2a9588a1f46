"""What CloudFormation's transform makes of a template: by AWS's own translator, for the values of its parameters. Exit code 4: it refuses, with why."""
import json
import os
import sys
from types import SimpleNamespace

os.environ["AWS_DEFAULT_REGION"] = sys.argv[1]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

template, values = json.load(sys.stdin)
try:
    # AWS's managed policies by their names; the templates here name none.
    json.dump(transform(template, values, SimpleNamespace(load=dict)), sys.stdout)
except InvalidDocumentException as error:
    sys.stdout.write(" ".join([error.message, *(cause.message for cause in error.causes)]))
    sys.exit(4)
