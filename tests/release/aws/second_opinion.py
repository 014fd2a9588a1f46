"""What the emulator's own IAM would decide: a question a line, and for each its verdict, plain and with each of its mistakes mended.

differences.yaml lists the mistakes.
"""
import json
import re
import sys

from ministack.core import iam_evaluator as iam

own_key = iam._resolve_condition_key
VARIABLE = re.compile(r"\$\{([^},]+)(?:, *'([^']*)')?\}")


def role_for_session(question):
    """aws:PrincipalArn of a session is its role's."""
    role = question["role"]
    iam._resolve_condition_key = lambda key, ctx: role if key.lower() == "aws:principalarn" else own_key(key, ctx)


def with_values(question):
    """Variables in policies stand for values of the request; where there is none, nothing fits."""
    context = question["context"]

    def value(match):
        found = context.get(match[1].lower(), match[2])
        return match[1] if match[1] in "*?$" else "\0" if found is None or isinstance(found, list) else found

    def filled(part):
        if isinstance(part, str):
            return VARIABLE.sub(value, part)
        if isinstance(part, list):
            return [filled(each) for each in part]
        if isinstance(part, dict):
            return {key: filled(each) for key, each in part.items()}
        return part

    for name in ("identity", "boundary", "resource"):
        question[name] = [filled(each) for each in question[name]]


MENDED = {"session-arn": [role_for_session], "policy-variables": [with_values]}
MENDED["all"] = [*MENDED["session-arn"], *MENDED["policy-variables"]]


def decided(question, mend):
    iam._resolve_condition_key = own_key
    question = dict(question)
    for each in mend:
        each(question)
    ctx = iam.EvalContext(
        principal_arn=question["session"], principal_type="AssumedRole", principal_account=question["account"],
        action=question["action"], resource_arn=question["arn"], region=question["region"],
        source_ip="127.0.0.1", secure_transport=True, service_context=question["context"],
    )
    layers = [[iam.parse_policy_document(each) for each in question[name]] for name in ("identity", "boundary")]
    limits = layers[1:] if question["boundary"] else []
    result = iam.evaluate(ctx, layers[0], *limits)
    for policy in question["resource"]:
        result = iam.combine_resource_policy(
            result, ctx, policy, question["owner"], required=question["required"], limits=tuple(limits))
    if not question["resource"] and question["owner"] != question["account"]:
        return "denied"
    return "allowed" if result.decision == "Allow" else "denied"


documents = json.loads(sys.stdin.readline())
for line in sys.stdin:
    asked = json.loads(line)
    for name in ("identity", "boundary", "resource"):
        asked[name] = [documents[each] for each in asked[name]]
    print(json.dumps({"plain": decided(asked, []), **{name: decided(asked, mend) for name, mend in MENDED.items()}}))
