package inbox

import "strings"

// hint is what a word says about a code near it.
type hint int

const (
	noHint     hint = iota
	codeHint        // it names a code
	wordHint        // it names a code after the right word, as password does
	kindHint        // it says which code
	numberHint      // it names a number that is no code
	promoHint       // it is about a price cut
	expiryHint      // after it comes how long
	withinHint      // right after it comes a time, a date or a number of things
	isHint          // it joins a name and what it names
	enterHint       // it says to put in a code
	signHint        // it is about proving who one is
	moneyHint
	monthHint
	unitHint
)

// What words say, in English, German, French, Spanish and Dutch.
var hints = func() map[string]hint { //nolint:gochecknoglobals // a constant
	m := make(map[string]hint)
	for _, list := range []struct {
		hint  hint
		words string
	}{
		{codeHint, `code codes passcode passcodes pin otp totp tan mtan kode codigo codigos cod einmalpasswort einmalkennwort passwordcode`},
		{wordHint, `password passwort kennwort wachtwoord contrasena clave unique uso token`},
		{signHint, `verify verifying signing signin login logging authenticate authentication identity device anmelden anmeldung einloggen bestatigen connexion connecter identite
			iniciar sesion identidad verificar inloggen aanmelden identiteit bevestigen 2fa mfa`},
		{kindHint, `verification confirmation security login log signin sign in access authentication authorization auth activation backup recovery one time onetime single
			two factor 2fa step email mail device temporary reset pickup invitation invite pairing sms registration unlock solo eenmalig verificacion seguridad confirmacion acceso
			securite confirmation connexion acces verifizierung sicherheit bestatigung bevestigings verificatie eenmalige einmaliger einmalige usage`},
		{numberHint, `number numbers no nr num numero numeros nummer nummern order orders invoice ticket tickets tracking case customer account booking reservation ref reference
			referenz id ids po inv ord rma tkt sku serial phone tel telephone telefon telefono telefoon mobile fax call zip postcode postal postleitzahl plz vat iban bic total amount
			room flight gate seat street version build session copyright bestellung auftrag rechnung kunde commande facture colis client pedido factura cliente envio bestelling factuur klant
			parcel package shipment member policy contract model part item isbn suite apt box extension ext ending`},
		{promoHint, `discount coupon coupons voucher promo promotion promotional promotie sale checkout rabatt rabattcode gutschein gutscheincode reduction remise promotionnel
			descuento promocional cupon korting kortingscode actiecode referral offer bonus gift`},
		{expiryHint, `expires expire expiring valid lasts ablauft lauft gultig gueltig expirera expire valable caduca valido vence verloopt geldig until`},
		{withinHint, `in within before after than over about nearly until since by for bis vor nach uber binnen dans avant pendant apres en antes durante voor na tot`},
		{isHint, `is are ist lautet est es son as als comme como`},
		{enterHint, `enter use using type input paste submit with gib geben eingeben nutze verwende verwenden saisissez saisir entrez utilisez introduce ingresa usa introduzca
			voer gebruik vul toets`},
		{moneyHint, `usd eur gbp chf jpy sek nok dkk pln inr cad aud kr euro euros dollar dollars pounds pesos`},
		{monthHint, `january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec januar februar marz mai juni
			juli oktober dezember janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto septiembre
			octubre noviembre diciembre januari februari maart mei augustus`},
		{unitHint, `px pt em rem ms s sec secs seconds min mins minute minutes hour hours h day days week weeks month months year years sekunden minuten stunden tage tagen wochen jahre
			secondes heures jours semaines ans segundos minutos horas dias semanas anos uur uren dagen weken jaar kb mb gb tb km m cm mm kg g lb lbs oz mi miles steps points punkte
			pts credits items pcs stuck users people visitors views clicks followers members subscribers customers messages emails times calories kcal kwh watts requests files
			pages commits issues st ave street road rd blvd lane bytes characters`},
	} {
		for word := range strings.FieldsSeq(list.words) {
			if m[word] == noHint {
				m[word] = list.hint
			}
		}
	}
	return m
}()

// hintOf returns what a word says, also one that is joined of several.
func hintOf(word string) hint {
	if word == "" {
		return noHint
	}
	if h := hints[word]; h != noHint {
		return h
	}
	for _, end := range []string{"code", "codes", "kode", "pin"} {
		if kind, ok := strings.CutSuffix(word, end); ok {
			return joinedCode(kind, end)
		}
	}
	for _, end := range []string{"nummer", "nummern", "number", "nr", "preis", "betrag"} {
		if strings.HasSuffix(word, end) {
			return numberHint
		}
	}
	return noHint
}

// joinedCode returns what a code of a kind is, of a word such as Sicherheitscode.
func joinedCode(kind, end string) hint {
	switch strings.TrimSuffix(kind, "s") {
	case "rabatt", "gutschein", "korting", "actie", "promo", "coupon", "voucher", "discount":
		return promoHint
	case "post", "zip", "bar", "qr", "bank", "land", "lander", "fehler", "error", "strich", "source", "tracking", "sendung", "buchung", "boeking", "track", "bestell", "kunden", "auftrag", "vor", "ein", "un", "en", "de":
		return numberHint
	}
	if end == "pin" { // such as spin
		return noHint
	}
	return codeHint
}

//nolint:gochecknoglobals // constants
var (
	// These make the code after them something else than a one-time code.
	otherCodes = strings.Fields(`qr bar zip postal post area country dial error exit status source sort swift bank dress tracking track booking reservation product discount promo
		promotional coupon voucher gift referral offer sale iata airport building color colour sample example morse machine http customer client order invoice vs studio`)
	// These make the code before them something else, as in code postal.
	codesOf = strings.Fields(`postal promo barres barras suivi seguimiento reserva reservation promotionnel promocional descuento reduction pays produit producto coverage review client commande article cliente
		reviews`)
)
