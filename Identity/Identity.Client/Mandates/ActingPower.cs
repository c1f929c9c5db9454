namespace Yinxin.Identity.Client.Mandates;

/// <summary>What an agent's mandate may allow (经办人权限). A legal representative, and a person for themselves, have all of them.</summary>
public enum ActingPower
{
    /// <summary>申办: fill in, submit and withdraw applications.</summary>
    Apply,

    /// <summary>缴费: see bills and pay them.</summary>
    Pay,

    /// <summary>领取: receive results.</summary>
    Receive,

    /// <summary>用印: apply the seals that the mandate names.</summary>
    UseSeal,
}

/// <summary>Powers as tokens spell them.</summary>
public static class ActingPowerNames
{
    /// <summary>The power as tokens and problem details spell it, e.g. <c>use-seal</c>.</summary>
    public static string Name(this ActingPower power) => power switch
    {
        ActingPower.Apply => "apply",
        ActingPower.Pay => "pay",
        ActingPower.Receive => "receive",
        ActingPower.UseSeal => "use-seal",
        _ => throw new ArgumentOutOfRangeException(nameof(power), power, "No such power."),
    };
}
