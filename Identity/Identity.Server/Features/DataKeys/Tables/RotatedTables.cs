using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>Every table with encrypted columns, in the order in which a change of keys works them off.</summary>
internal sealed class RotatedTables(PersonalData personal, PersonSecrets secrets, DataKeyRing ring, TimeProvider time)
{
    public PersonTable Persons { get; } = new(personal, secrets, ring);

    public IReadOnlyList<IRotatedTable> All => field ??=
    [
        Persons,
        new CipherTable<Evidence>(nameof(Evidence.Id), nameof(Evidence.ReceiptCipher), Purposes.Receipt, nameof(Evidence.SubjectId), personal, secrets),
        new MandateTable(personal, time),
        new MandateEventTable(personal),
        new CipherTable<AuthenticatorApp>(nameof(AuthenticatorApp.AccountId), nameof(AuthenticatorApp.SecretCipher), Purposes.AuthenticatorSecret, nameof(AuthenticatorApp.AccountId), personal, secrets),
        new CipherTable<RecoveryRequest>(nameof(RecoveryRequest.Id), nameof(RecoveryRequest.NewPhoneCipher), Purposes.Phone, nameof(RecoveryRequest.AccountId), personal, secrets),
        new CipherTable<ClaimRequest>(nameof(ClaimRequest.Id), nameof(ClaimRequest.RequestCipher), Purposes.ClaimRequest, owner: null, personal, secrets),
        new CipherTable<ProtocolKey>(nameof(ProtocolKey.Id), nameof(ProtocolKey.PrivateKeyCipher), Purposes.ProtocolKey, owner: null, personal, secrets),
    ];
}
