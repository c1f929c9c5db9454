namespace Yinxin.Trust.Validation.Policies;

/// <summary>What follows when a constraint is not kept.</summary>
public enum ConstraintLevel
{
    /// <summary>The validation does not pass.</summary>
    Fail,

    /// <summary>The report warns.</summary>
    Warn,

    /// <summary>Nobody looks.</summary>
    Ignore,
}
