using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

internal static class PolicyProblems
{
    public static readonly Problem Invalid = new(
        "identity.policy.invalid", 422, "该分级策略不能使用，请按 member 和 reason 修改。", "The policy cannot be used; member and reason say where and why.");

    public static readonly Problem NoNote = new("identity.policy.note", 422, "请填写 1 至 500 字的修改理由。", "A reason of 1 to 500 characters is needed.");
    public static readonly Problem Unchanged = new("identity.policy.unchanged", 409, "内容与现行策略相同。", "It is the same as the policy in force.");
    public static readonly Problem Unknown = new("identity.policy.unknown", 404, "没有该版本的策略。", "There is no such version of the policy.");
    public static readonly Problem Conflict = new("identity.policy.conflict", 409, "另一项修改刚刚提交，请重试。", "Another change came first; please try again.");
    public static readonly Problem OwnProposal = new(
        "identity.policy.ownProposal", 403, "不能启用自己提出的策略，请由另一位安全管理员启用。", "Nobody puts their own proposal in force; another security administrator has to.");

    public static readonly Problem NotRecent = new("identity.policy.recent", 403, "请重新验证身份后再启用策略。", "Please prove yourself again before you put a policy in force.");

    public static readonly Problem NoDryRun = new(
        "identity.policy.noDryRun", 409, "启用前须完成一次试算，且试算须在现行策略生效之后。", "A dry run against the policy in force has to be finished first.");

    public static readonly Problem NotWaiting = new("identity.policy.notWaiting", 409, "该版本已启用或已被取代。", "This version is in force already, or was.");
    public static readonly Problem Passed = new(
        "identity.policy.passed", 409, "已有更新版本的策略启用，该版本不能再启用，请重新提出。", "A later version was put in force meanwhile; please propose this one again.");

    public static readonly Problem UnknownRun = new("identity.regrading.unknown", 404, "没有该次重新分级。", "There is no such run.");
    public static readonly Problem Running = new("identity.regrading.running", 409, "该版本的重新分级正在进行。", "A run of this version is under way.");
    public static readonly Problem BadPage = new("identity.policy.page", 422, "分页参数不正确。", "limit is 1 to 100, and after is the next of an earlier answer.");
}
