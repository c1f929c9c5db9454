using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What the window hands to a person whom it knows and who cannot get into the account.</summary>
internal static class CounterTicket
{
    public static async Task<string> IssueAsync(IdentityFixture identity, Applicant owner)
    {
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "合肥", hallLevel = "city", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        return issued["ticket"]!;
    }
}
