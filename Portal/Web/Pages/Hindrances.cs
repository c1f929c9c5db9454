using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages;

/// <summary>Why somebody who is signed in cannot apply for a matter, whatever level he raises.</summary>
internal enum Hindrance
{
    /// <summary>The matter is not open to whom he acts for.</summary>
    Applicant,

    /// <summary>An agent whose mandate does not give him this matter.</summary>
    Mandate,

    /// <summary>An agent, and the matter stands above what his session could be raised to.</summary>
    Level,
}

/// <summary>Said before anything is typed, with who may do it instead: no step-up leads past it. Desk decides; this only says so beforehand.</summary>
internal static class Hindrances
{
    /// <summary>Null when nothing but perhaps his own level stands in the way.</summary>
    public static Hindrance? HindranceFor(this Matter matter, SignedInUser user)
    {
        if (!matter.ServiceObjects.Contains(user.ActingFor is null ? "NaturalPerson" : "Enterprise", StringComparer.Ordinal))
        {
            return Hindrance.Applicant;
        }

        if (user.ActingFor is not { IsAgent: true } acting)
        {
            return null;
        }

        if (acting.Mandate is not { } mandate || !mandate.Has(ActingPower.Apply) || !mandate.Covers(matter.ImplementationCode))
        {
            return Hindrance.Mandate;
        }

        // Not by the level of now: who signed in by less than he has, or whose account fell, is led to raise it like anybody else.
        return user.Ceiling < matter.NeededOfAgent() ? Hindrance.Level : null;
    }

    /// <summary>What his session has to reach to apply.</summary>
    public static AssuranceLevel NeededOf(this Matter matter, SignedInUser user) => user.ActingFor is { IsAgent: true } ? matter.NeededOfAgent() : matter.NeededToApply();

    public static string HindranceText(this ITexts texts, Matter matter, SignedInUser user)
    {
        var name = user.ActingFor?.Organisation.Name ?? user.Name;
        var (needed, most) = (texts.Level(matter.NeededOfAgent()), texts.Level(user.Ceiling));
        var objects = string.Join(texts.Of("、", ", "), matter.ServiceObjects.Select(o => texts.ServiceObject(o)));
        return matter.HindranceFor(user) switch
        {
            Hindrance.Applicant => texts.Of(
                $"此事项的服务对象是{objects}，不能以“{name}”的身份办理。请切换办事身份；为单位办理，须是其法定代表人或者有其授权。",
                $"This is open to: {objects}. It cannot be applied for as {name}. Please switch whom you act for; for an organisation you need to be its legal representative or have its mandate."),
            Hindrance.Mandate => texts.Of(
                $"“{name}”给您的授权不包括申办此事项。可以由其法定代表人办理，或者请其扩大授权；也可以切换办事身份。",
                $"The mandate that {name} gave you does not include applying for this. Its legal representative can apply, or give you a wider mandate; or switch whom you act for."),
            Hindrance.Level when user.Ceiling < AssuranceLevel.Primary => texts.Of(
                $"“{name}”目前不足初级，凭授权不能办理任何事项。请其法定代表人重新核对登记信息，或者切换办事身份。",
                $"{name} is below Primary at the moment, and nothing can be applied for under its mandate. Please ask its legal representative to have its registration compared anew; or switch whom you act for."),
            Hindrance.Level => texts.Of(
                $"此事项超出经办人可以办理的范围：需要{needed}认证，而您凭授权办事最高是{most}，提升本人的等级也不能改变。请由“{name}”的法定代表人办理，或者切换办事身份。",
                $"This is beyond what an agent may do: it needs the level {needed}, and under your mandate you act at {most} at the most; raising your own level does not change that. The legal representative of {name} can apply; or switch whom you act for."),
            _ => "",
        };
    }

    /// <summary>
    /// Whatever is confirmed in person is above a mandate too, as Desk judges it (identity §1): an agent's presence does not lift it. Where that begins with an amount, the form says
    /// whether, and Desk tells him then.
    /// </summary>
    private static AssuranceLevel NeededOfAgent(this Matter matter)
    {
        var inPerson = matter.RequiredAssurance.GetValueOrDefault("confirm") == nameof(AssuranceLevel.Advanced) && matter.ConfirmRule?.AdvancedFromAmount is null;
        var needed = matter.NeededToApply();
        return inPerson && needed < AssuranceLevel.Intermediate ? AssuranceLevel.Intermediate : needed;
    }
}
