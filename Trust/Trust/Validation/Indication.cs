namespace Yinxin.Trust.Validation;

/// <summary>Main indication of a block or a process (ETSI EN 319 102-1 §5.1.3, table 5). Of a whole validation they read TOTAL-PASSED, TOTAL-FAILED, INDETERMINATE.</summary>
public enum Indication
{
    /// <summary>What is at hand does not suffice to say either way. First, so that nothing unset reads as passed.</summary>
    Indeterminate,

    /// <summary>All checks succeeded.</summary>
    Passed,

    /// <summary>It is wrong for good: no further material can mend it.</summary>
    Failed,
}
