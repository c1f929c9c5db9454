using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Validation;

/// <summary>Writes down the constraints of one block as they are checked. The first one that is not kept decides; the rest are still recorded.</summary>
internal sealed class BlockRecorder(string block, string clause, string subject, ValidationPolicy policy, DateTimeOffset? at = null)
{
    private readonly List<ConstraintResult> constraints = [];
    private Conclusion? decided;

    public bool IsOpen => decided is null;

    /// <summary>True when the block may go on as if the constraint were kept: it is, or the policy only warns, or does not look.</summary>
    public bool Check(string code, Conclusion? problem, string? detail = null)
    {
        var (chinese, english) = ConstraintTexts.Of(code);
        return Check(code, chinese, english, policy.LevelOf(code), problem, detail);
    }

    public bool Check(string code, string chinese, string english, ConstraintLevel level, Conclusion? problem, string? detail = null)
    {
        var status = (problem, level) switch
        {
            (_, ConstraintLevel.Ignore) => ConstraintStatus.Ignored,
            (null, _) => ConstraintStatus.Ok,
            (_, ConstraintLevel.Warn) => ConstraintStatus.Warning,
            _ => ConstraintStatus.NotOk,
        };
        constraints.Add(new ConstraintResult(code, chinese, english, status, problem?.Detail ?? detail));
        if (status == ConstraintStatus.NotOk)
        {
            decided ??= problem;
        }

        return status != ConstraintStatus.NotOk;
    }

    public BlockResult Finish(Conclusion? conclusion = null) => new(block, clause, subject, at, constraints, conclusion ?? decided ?? Conclusion.Passed);
}
