using System.Text.Json;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Faces;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>The comparison on our side: a page of our own takes the frames, open models describe the faces, and rules of ours decide.</summary>
internal sealed class LocalRealPerson(FaceChecks checks, AuthorityKeys keys, IOptions<FaceSettings> faces, IOptions<AddressSettings> addresses) : IRealPersonProvider
{
    /// <summary>How evidence of a comparison here names its source.</summary>
    public const string Name = "local-faces";

    public string Source => Name;

    /// <summary>Without the register there is no photo to compare with.</summary>
    public bool IsHere => true;

    public bool IsOpen => keys.Knows(PopulationRegister.Self);

    public IReadOnlyList<string> Actions => FaceActions.All;

    public double LeastScore => faces.Value.LeastLikeness;

    /// <summary>Whose face it must be is asked of the session's own account when the frames come, so that nothing about the person is kept with the ceremony.</summary>
    public async Task<(string Session, string Address)> OpenAsync(
        Guid session, string idNumber, string name, IReadOnlyList<string> actions, string returnTo, CancellationToken cancellationToken)
    {
        var check = await checks.OpenAsync(session, actions, returnTo, cancellationToken);
        return (check.Id.ToString("N"), $"{AddressSettings.Text(addresses.Value.Identity)}{FaceCheckModel.Path}/{check.Id:N}");
    }

    public async Task<RealPersonResult> ResultAsync(string session, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(session, out var id) || await checks.TakeAsync(id, cancellationToken) is not { Verdict: { } text })
        {
            // Whoever comes back without having been compared has not failed.
            throw FaceProblems.NotTaken.Exception();
        }

        var receipt = JsonSerializer.Deserialize<FaceReceipt>(text, JsonSerializerOptions.Web)!;
        var verdict = receipt.Verdict;
        var same = verdict is { IsOnFile: true, IsOnePerson: true };

        // Referred to by the library's own receipt for the photo: where it takes that back, this comparison falls with it. Our number of the verdict is in the text.
        return new RealPersonResult(
            new AuthorityAnswer(same ? "match" : "mismatch", same ? [] : ["face"], receipt.PhotoReceipt) { Signed = text }, verdict.Likeness, verdict.SeemsAlive, verdict.Actions);
    }
}
