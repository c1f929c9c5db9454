using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>What is refused, to whomever, while officials have an organisation frozen.</summary>
internal static class FrozenOrganisation
{
    public static readonly Problem Problem = new(
        "identity.organisation.frozen", 409, "该组织已冻结，暂不能办理；解冻后可以办理。", "The organisation is frozen; this can be done once that is lifted.");
}
